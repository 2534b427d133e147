"""From files as people drop them to typed rows and rejections with a reason: plain Python and polars.

No Dagster, no dbt and no database belongs here; known codes are handed in by the caller.
"""
