-- Grain: one row per pupil of class 9, year and subject.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

{{ oge_mean('mark') }}
