"""From a query to an answer, the same for every engine: an engine brings its documents as `Part`s, and all that is
counted, ranked and suggested is counted here, on what the searcher sees."""
