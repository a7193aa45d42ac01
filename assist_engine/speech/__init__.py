"""Recognition: models, one recogniser a channel, hypotheses settled into utterances."""
