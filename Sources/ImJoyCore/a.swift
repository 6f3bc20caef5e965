import CTIFF
