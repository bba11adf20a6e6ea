"""What other programs are told of as it happens: signed, in order, repeated until it is heard."""
