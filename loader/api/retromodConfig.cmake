# SPDX-License-Identifier: GPL-2.0-or-later
# CMake's package file: find_package(retromod 1.0) gives the target retromod::retromod. It lies in lib/cmake/retromod of the prefix, or in
# lib/MULTIARCH/cmake/retromod.
get_filename_component(_retromod_libraries "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
get_filename_component(_retromod_prefix "${_retromod_libraries}/.." ABSOLUTE)
if(NOT EXISTS "${_retromod_prefix}/include/retromod.h")
    get_filename_component(_retromod_prefix "${_retromod_prefix}/.." ABSOLUTE)
endif()
if(NOT TARGET retromod::retromod)
    add_library(retromod::retromod SHARED IMPORTED)
    set_target_properties(retromod::retromod PROPERTIES
        IMPORTED_LOCATION "${_retromod_libraries}/libretromod.so.1"
        IMPORTED_SONAME libretromod.so.1
        INTERFACE_INCLUDE_DIRECTORIES "${_retromod_prefix}/include")
endif()
set(retromod_FOUND TRUE)
unset(_retromod_libraries)
unset(_retromod_prefix)
