// SPDX-License-Identifier: GPL-2.0-or-later
#include "images/c_declaration.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

std::string declare(std::string_view type, std::string_view name)
{
    return c_declaration(type, std::string(name), [](std::string_view target) { return target == "size_t" || target == "char"; });
}

} // namespace

TEST_CASE("a member's type becomes a C declaration", "[images]")
{
    CHECK(declare("volatile long int", "state") == "volatile long int state");
    CHECK(declare("char[16]", "comm") == "char comm[16]");
    CHECK(declare("struct dquot*[2]", "i_dquot") == "struct dquot *i_dquot[2]");
    CHECK(declare("struct task_struct**", "pprev") == "struct task_struct **pprev");
    CHECK(declare("fn int()*", "init") == "int (*init)(void)");
    CHECK(declare("fn struct dentry*(struct inode*,const char*)*", "lookup")
          == "struct dentry *(*lookup)(struct inode *, const char *)");
    CHECK(declare("fn int(struct file*,void*,fn int(void*,int)*)*", "readdir")
          == "int (*readdir)(struct file *, void *, int (*)(void *, int))");
    CHECK(declare("enum kind", "kind") == "int kind");
}

TEST_CASE("a pointer to a typedef that the headers lack becomes a pointer to void", "[images]")
{
    CHECK(declare("prio_array_t*", "array") == "void *array");
    CHECK(declare("size_t*", "length") == "size_t *length");
}
