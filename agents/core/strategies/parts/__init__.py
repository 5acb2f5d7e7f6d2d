"""What strategies are built from: own questions, final answers, plans, cycles. They import these, never each other."""
