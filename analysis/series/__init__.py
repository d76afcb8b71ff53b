"""The series of one subject: from pairs of photos to what a course of treatments did.

``photos -> plan -> (pairs compared) -> network -> course model -> effects -> verdicts``, all of it in
:func:`analysis.series.build.build_series`.
"""
