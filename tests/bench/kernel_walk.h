// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace retromod {

/// What find_module does in the kernel, with the cache misses that it has: a header at the start of a page each.
class KernelWalk {
public:
    struct Module {
        Module* next;
        const char* name;
        std::uint32_t flags;
        char text[32];
    };
    explicit KernelWalk(int count) : pages_(static_cast<std::size_t>(count) * 8192)
    {
        for (int i = 0; i < count; ++i) {
            auto* module = reinterpret_cast<Module*>(pages_.data() + static_cast<std::size_t>(i) * 8192);
            *module = {newest_, module->text, 1, {}};
            fmt::format_to(module->text, "module{}", i);
            newest_ = module;
        }
    }
    const Module* find(const char* name) const
    {
        for (const auto* module = newest_; module; module = module->next)
            if (!(module->flags & 2) && std::strcmp(module->name, name) == 0) return module;
        return nullptr;
    }

private:
    std::vector<char> pages_;
    Module* newest_ = nullptr;
};

} // namespace retromod
