#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import SystemPackage

/// Where the result of a call goes: arrays to files, the rest to standard output.
enum ResultOutput {
    /// Finds out before somebody has worked for an hour that its result could not be saved.
    static func check(_ files: [OutputFile]) throws {
        for file in files {
            let path = FilePath(file.path)
            guard let format = path.extension, ImageFormat.named(fileExtension: format) != nil else {
                throw CommandFailure(
                    .usage, "error: \(file.path): the format is chosen by the extension: tif, png, jpg, npy or zarr")
            }
            try check(folderOf: file.path)
        }
    }

    /// Finds out whether a file can be written at `name`.
    static func check(folderOf name: String) throws {
        let path = FilePath(name)
        let folder = path.removingLastComponent().isEmpty ? "." : path.removingLastComponent()
        guard access(folder.string, W_OK | X_OK) == 0 else {
            throw CommandFailure(
                .usage, "error: \(name) cannot be written: \(folder): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        if stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw CommandFailure(.usage, "error: \(name) cannot be written: it is a folder")
        }
    }

    /// Prints a result and saves its arrays.
    ///
    /// What cannot be saved is told after the rest has been printed, so that not all of the work is lost.
    static func give(_ result: RPCValue, asJSON: Bool, to files: [OutputFile]) throws {
        if asJSON {
            JSONOutput.print(JSONOutput.value(result))
        } else {
            for line in TextOutput.lines(result) { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
        }
        for (file, array) in try ResultArrays(result).assign(to: files) {
            do { try Image(array).write(to: FilePath(file.path)) } catch {
                throw CommandFailure(.failed, "error: \(error)")
            }
        }
    }

    /// Prints values as they come, until nobody reads them: in a text each begins a line, with JSON each is one.
    static func give(_ values: RPCStream, asJSON: Bool) async throws {
        for try await value in values {
            if asJSON {
                JSONOutput.printLine(JSONOutput.value(value))
            } else {
                let lines = TextOutput.lines(value)
                for line in lines.isEmpty ? ["-"] : lines { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
            }
            // Whoever reads a pipe waits for the value, not for the end.
            guard fflush(nil) == 0 else {
                if errno == EPIPE { return }
                let reason = String(cString: strerror(errno))
                throw CommandFailure(.failed, "error: the values cannot be written: \(reason)")
            }
        }
    }
}
