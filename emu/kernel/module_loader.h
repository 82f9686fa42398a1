// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"

#include <string>

namespace retromod {

struct BootOptions;

/// The part of a kernel since 2.6 that links modules: what its three calls do. It lies beside the loaders of user space,
/// above this folder, and is handed in by the ExportTable. Calls are step functions; a frame's arguments are the call's.
class ModuleLoader {
public:
    virtual ~ModuleLoader() = default;
    virtual void boot(const BootOptions& options) = 0; ///< once, on a fresh machine
    virtual Step init_module(Frame& frame) = 0;   ///< (image, len, params)
    virtual Step finit_module(Frame& frame) = 0;  ///< (fd, params, flags)
    virtual Step delete_module(Frame& frame) = 0; ///< (name, flags)
    virtual std::string proc_modules() = 0;       ///< the text of /proc/modules
};

} // namespace retromod
