"""The collector's pages over the kernel: queue, account detail, notes, assigning."""
