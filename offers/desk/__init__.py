"""The Büro's desk: one queue for everything that waits, questions to senders with their answers, text blocks."""
