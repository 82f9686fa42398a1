// SPDX-License-Identifier: GPL-2.0-or-later
// Shared libraries of the host that most commands need nothing of: to load them would take longer than such a command itself.
#pragma once

namespace retromod {

/// A shared library, loaded on construction; it stays to the process's end. In a jail, where files cannot be mapped, only one
/// that was loaded before can be had.
class HostLibrary {
public:
    /// Throws std::runtime_error where it cannot be loaded.
    explicit HostLibrary(const char* name);

    /// Sets a pointer to a function or a variable of the library. Throws std::runtime_error where there is none of that name.
    template <class T>
    void find(T*& pointer, const char* name) const
    {
        pointer = reinterpret_cast<T*>(address_of(name));
    }

private:
    void* address_of(const char* name) const;

    void* handle_;
    const char* name_;
};

} // namespace retromod
