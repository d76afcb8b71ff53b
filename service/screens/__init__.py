"""The pages for people who are signed in: their frame, their navigation, and how they tell of what is refused."""
