// SPDX-License-Identifier: GPL-2.0-or-later
// The device tables of a module, as depmod of modutils writes them into its map files.
#pragma once

#include "loader/link/object.h"
#include "loader/modules/modules_conf.h"

namespace retromod {

/// The lines of one module for each map file, without the module's name, in the files' order.
using MapRows = std::array<std::vector<std::string>, generated_file_count>;

/// Versions of table layouts seen so far: all modules of a run must have one and the same.
using TableVersions = std::map<std::string, std::uint64_t, std::less<>>;

/// Reads __module_{pci,isapnp,usb,parport,ieee1394,pnpbios}_device_table, isapnp_card_table and the strings of .modstring.
/// The object is laid out and relocated for it, undefined symbols as 0. What is wrong with a table is told, and the table
/// left out. `file` names the module in what is told. Source: modutils 2.4 depmod.c.
MapRows read_device_tables(Object& object, std::string_view file, TableVersions& versions, const Speech& speech);

/// A map file's first line, without its newline; "" for modules.dep.
std::string_view map_header(GeneratedFile which);

} // namespace retromod
