// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/host_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace retromod {

HostLibrary::HostLibrary(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)), name_(name)
{
    if (!handle_) throw std::runtime_error(std::string("a library is missing: ") + ::dlerror());
}

void* HostLibrary::address_of(const char* name) const
{
    void* const found = ::dlsym(handle_, name);
    if (!found) throw std::runtime_error(std::string(name_) + ": " + ::dlerror());
    return found;
}

} // namespace retromod
