import ImJoyCore

try showIndexing()
try showReductions()
