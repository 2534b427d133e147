"""Dagster, dbt's runs and the `oko` command line: when things happen and in which order.

Parsing belongs to ingest/, SQL to dbt_project/ and warehouse/.
"""
