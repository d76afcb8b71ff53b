"""The pages that explain the service: its front page and the documentation of its calls."""
