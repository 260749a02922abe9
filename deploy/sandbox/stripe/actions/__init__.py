"""What can happen to payments: each action changes objects, keeps its events, and moves nothing else."""
