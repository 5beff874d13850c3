"""Reports by mail: which, when and to whom; each once for every due moment."""
