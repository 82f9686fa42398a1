// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/release.h"

#include <catch2/catch.hpp>

using namespace retromod;

TEST_CASE("a release that was not measured is mapped to one that was", "[abi][release]")
{
    const auto stands_for = [](std::string_view name) {
        const auto* release = nearest_release(name);
        return release ? release->name : "none";
    };
    CHECK(stands_for("2.4.20") == "2.4.20");
    CHECK(stands_for("2.2.26") == "2.2.1");
    CHECK(stands_for("2.4.2") == "2.4.0");
    CHECK(stands_for("2.4.15-pre3") == "2.4.0");
    CHECK(stands_for("2.4.16") == "2.4.20");
    CHECK(stands_for("2.4.18") == "2.4.20");
    CHECK(stands_for("2.4.18-14custom") == "2.4.18-14");
    CHECK(stands_for("2.4.21") == "2.4.20");
    CHECK(stands_for("2.4.22") == "2.4.37.11");
    CHECK(stands_for("2.4.33") == "2.4.37.11");
    CHECK(stands_for("2.5.70") == "none");
    CHECK(stands_for("2.4.") == "none");
    CHECK(stands_for("2.6.9") == "2.6.17");
    CHECK(stands_for("6.1.176") == "6.1");
    CHECK(stands_for("6.3") == "6.1");
    CHECK(stands_for("6.12.95") == "6.12");
    CHECK(stands_for("6.") == "none");
}

TEST_CASE("a kernel has the structures of its own level, not of the release whose calls it has", "[abi][release]")
{
    const auto structures = [](std::string_view name) { return layout_version_name(layouts_of(*nearest_release(name), name)); };
    CHECK(structures("2.2.1") == "2.2.1");
    CHECK(structures("2.2.5-15") == "2.2.6");
    CHECK(structures("2.2.14") == "2.2.26");
    CHECK(structures("2.4.0-test9") == "2.4.0");
    CHECK(structures("2.4.18-14custom") == "2.4.18-14");
    CHECK(structures("2.4.18") == "2.4.20");
    CHECK(structures("2.4.20-8") == "2.4.20");
    CHECK(structures("2.4.21") == "2.4.22");
    CHECK(structures("2.4.22") == "2.4.22");
    CHECK(structures("2.4.27-aks205") == "2.4.27");
    CHECK(structures("2.4.31") == "2.4.31");
    CHECK(structures("2.4.37.11") == "2.4.37.11");
    CHECK(structures("6.1.176") == "2.4.37.11");
    // A name that another release stands for says nothing.
    CHECK(layouts_of(*find_release("2.4.37.11"), "2.4.20-8") == LayoutVersion::v2_4_37_11);
    CHECK(layouts_of(*find_release("2.2.1"), "") == LayoutVersion::v2_2_1);
}
