"""What the clinic's courses changed, over its subjects, without naming one."""
