"""The people of the clinics: who they are, how they sign in, and how they come and go."""
