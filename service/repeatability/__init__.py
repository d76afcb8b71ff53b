"""Repeatability studies: re-captures of unchanged faces, and what they say of every later comparison."""
