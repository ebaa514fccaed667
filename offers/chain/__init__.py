"""The prevention chain as a picture: phases, topics, transitions, all with true counts."""
