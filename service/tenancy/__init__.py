"""Who is asking, what they may do, and that they meet nothing but their own clinic's records."""
