// One function for each article of the documentation. To add an article, add a file and a line.
try showArrays()
try showViews()
try showBroadcasting()
try showCasting()
try showSpeed()
try showFilters()
try showGeometry()
try showMorphology()
try showSegmentation()
try showEnhancement()
try await showZarr()
try showNumPyMap()
print("Every article holds.")

/// Stops when an article says something that is not so.
func check(_ isSo: Bool, line: Int = #line, file: StaticString = #fileID) {
    precondition(isSo, "\(file):\(line) does not hold")
}
