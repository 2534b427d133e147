"""Connections, loading of raw tables, publishing.

Knows tables, files and loads, but no source, no indicator and nothing of Dagster or dbt.
"""
