"""Courses of treatments: what the clinic plans, and which visits belong to which."""
