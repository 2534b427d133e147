-- Grain: one row per pupil of class 9, year, subject and way to count: the last attempt, or the first one.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

{{ oge_share('4') }}
