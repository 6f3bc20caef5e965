#if os(Linux)
    internal import CImJoyShims
    internal import Glibc
    public import SystemPackage

    /// Owns a sealed memory file and its mapping.
    package final class SealedMemory: @unchecked Sendable {
        // Sendable by immutability: the seal forbids writing, also by other processes, and the fields never change.
        package let base: UnsafeMutableRawPointer
        package let count: Int
        package let fileDescriptor: Int32

        init(base: UnsafeMutableRawPointer, count: Int, fileDescriptor: Int32) {
            self.base = base
            self.count = count
            self.fileDescriptor = fileDescriptor
        }

        deinit {
            munmap(base, max(count, 1))
            close(fileDescriptor)
        }
    }

    extension SharedBytes {
        /// Makes `count` bytes in an anonymous memory file that is sealed after `body` filled it once.
        ///
        /// Nobody can write, grow or shrink a sealed file, so another process may map the descriptor that
        /// ``withSealedFileDescriptor(_:)`` lends and read the same pages. Throws `Errno` when the system has no memory to give.
        public static func sealed(
            count: Int, initializingWith body: (UnsafeMutableRawBufferPointer) throws -> Void
        ) throws -> SharedBytes {
            let descriptor = imjoy_memfd_create("imjoy")
            guard descriptor >= 0 else { throw Errno(rawValue: errno) }
            do {
                // A mapping cannot be empty, so zero bytes still take one.
                let size = max(count, 1)
                try check(ftruncate(descriptor, size))
                let writable = try map(descriptor, size, PROT_READ | PROT_WRITE)
                do {
                    try body(UnsafeMutableRawBufferPointer(start: writable, count: count))
                } catch {
                    munmap(writable, size)
                    throw error
                }
                // The write seal is refused while a writable mapping exists.
                munmap(writable, size)
                try check(imjoy_memfd_seal(descriptor))
                let base = try map(descriptor, size, PROT_READ)
                let owner = SealedMemory(base: base, count: count, fileDescriptor: descriptor)
                return SharedBytes(unsafeNoCopy: UnsafeRawBufferPointer(start: base, count: count), owner: owner)
            } catch {
                close(descriptor)
                throw error
            }
        }

        /// Lends the descriptor of the sealed memory file these bytes live in, or nil when they live elsewhere.
        public func withSealedFileDescriptor<R>(_ body: (FileDescriptor) throws -> R) rethrows -> R? {
            guard let memory = lifetimeOwner as? SealedMemory else { return nil }
            return try withExtendedLifetime(memory) { try body(FileDescriptor(rawValue: memory.fileDescriptor)) }
        }

        private static func check(_ result: Int32) throws {
            guard result >= 0 else { throw Errno(rawValue: errno) }
        }

        private static func map(_ descriptor: Int32, _ size: Int, _ protection: Int32) throws -> UnsafeMutableRawPointer
        {
            guard let base = mmap(nil, size, protection, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
                throw Errno(rawValue: errno)
            }
            return base
        }
    }
#endif
