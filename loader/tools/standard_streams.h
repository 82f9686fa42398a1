// SPDX-License-Identifier: GPL-2.0-or-later
// Standard input, output and error of a command, whatever it was started with.
#pragma once

namespace retromod {

/// Opens /dev/null on the descriptors 0 to 2 that are closed (else a machine's file would become one of them, and be written to),
/// and makes a write of text that fails be remembered instead of ending what is under way: what a command says comes after what
/// it did. To be called first.
void prepare_standard_streams();

/// Writes out what is buffered. The exit status of a command that came to `status`: another one than 0 if not all of its text
/// could be written; why not is said where that can be said.
int status_after_output(int status);

} // namespace retromod
