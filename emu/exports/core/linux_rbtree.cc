// SPDX-License-Identifier: GPL-2.0-or-later
// linux/rbtree.h: red-black trees whose nodes modules link themselves. Source: lib/rbtree.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

/// struct rb_node_s {parent, int color, right, left}; the root is a pointer to the top node.
class Tree {
public:
    Tree(Kernel& kernel, GuestAddr root) : kernel_(kernel), root_(root) {}
    enum Side : unsigned { right = 2, left = 3 };
    enum Color : std::uint32_t { red, black };

    GuestAddr top() const { return kernel_.memory().load_pointer(root_); }
    GuestAddr parent(GuestAddr n) const { return kernel_.memory().load_pointer(n); }
    GuestAddr child(GuestAddr n, Side side) const { return kernel_.memory().load_pointer(n + side * word()); }
    bool is_red(GuestAddr n) const { return n && kernel_.memory().load<std::uint32_t>(n + word()) == red; }
    void paint(GuestAddr n, Color color) { kernel_.memory().store<std::uint32_t>(n + word(), color); }
    void copy_color(GuestAddr n, GuestAddr from) { paint(n, is_red(from) ? red : black); }
    void set_parent(GuestAddr n, GuestAddr value) { kernel_.memory().store_word(n, value.value); }
    void set_child(GuestAddr n, Side side, GuestAddr value) { kernel_.memory().store_word(n + side * word(), value.value); }
    static Side other(Side side) { return side == left ? right : left; }
    Side side_of(GuestAddr n) const { return child(parent(n), left) == n ? left : right; }

    /// What pointed to `old` points to `fresh`.
    void replace(GuestAddr old, GuestAddr fresh)
    {
        const auto above = parent(old);
        if (!above) kernel_.memory().store_word(root_, fresh.value);
        else set_child(above, side_of(old), fresh);
        if (fresh) set_parent(fresh, above);
    }
    /// `n` goes down to `side`, its other child up.
    void rotate(GuestAddr n, Side side)
    {
        const auto up = child(n, other(side));
        const auto middle = child(up, side);
        set_child(n, other(side), middle);
        if (middle) set_parent(middle, n);
        replace(n, up);
        set_child(up, side, n);
        set_parent(n, up);
    }

private:
    unsigned word() const { return kernel_.arch().word_bytes; }
    Kernel& kernel_;
    GuestAddr root_;
};

struct Bound {
    std::size_t steps = 0;
    void step()
    {
        if (++steps > guest_list::walk_limit) throw KernelHang{"a red-black tree is not a tree"};
    }
};

void rb_insert_color(Kernel& kernel, GuestAddr node, GuestAddr root)
{
    Tree tree(kernel, root);
    for (Bound bound; const auto parent = tree.parent(node); bound.step()) {
        if (!tree.is_red(parent)) break;
        const auto grand = tree.parent(parent);
        const auto side = tree.side_of(parent);
        const auto uncle = tree.child(grand, Tree::other(side));
        if (tree.is_red(uncle)) {
            tree.paint(uncle, Tree::black);
            tree.paint(parent, Tree::black);
            tree.paint(grand, Tree::red);
            node = grand;
            continue;
        }
        auto top = parent;
        if (tree.side_of(node) != side) {
            tree.rotate(parent, side);
            top = node;
        }
        tree.paint(top, Tree::black);
        tree.paint(grand, Tree::red);
        tree.rotate(grand, Tree::other(side));
        break;
    }
    tree.paint(tree.top(), Tree::black);
}

/// Restores the black heights above `node` (NULL: an empty place below `parent`), which is one short.
void repair(Tree& tree, GuestAddr node, GuestAddr parent)
{
    for (Bound bound; node != tree.top() && !tree.is_red(node); bound.step()) {
        const auto side = tree.child(parent, Tree::left) == node ? Tree::left : Tree::right;
        auto sibling = tree.child(parent, Tree::other(side));
        if (tree.is_red(sibling)) {
            tree.paint(sibling, Tree::black);
            tree.paint(parent, Tree::red);
            tree.rotate(parent, side);
            sibling = tree.child(parent, Tree::other(side));
        }
        if (!tree.is_red(tree.child(sibling, Tree::left)) && !tree.is_red(tree.child(sibling, Tree::right))) {
            tree.paint(sibling, Tree::red);
            node = parent;
            parent = tree.parent(node);
            continue;
        }
        if (!tree.is_red(tree.child(sibling, Tree::other(side)))) {
            tree.paint(tree.child(sibling, side), Tree::black);
            tree.paint(sibling, Tree::red);
            tree.rotate(sibling, Tree::other(side));
            sibling = tree.child(parent, Tree::other(side));
        }
        tree.copy_color(sibling, parent);
        tree.paint(parent, Tree::black);
        tree.paint(tree.child(sibling, Tree::other(side)), Tree::black);
        tree.rotate(parent, side);
        node = tree.top();
    }
    if (node) tree.paint(node, Tree::black);
}

void rb_erase(Kernel& kernel, GuestAddr node, GuestAddr root)
{
    Tree tree(kernel, root);
    const auto left = tree.child(node, Tree::left), right = tree.child(node, Tree::right);
    if (!left || !right) {
        const auto child = left ? left : right;
        const auto parent = tree.parent(node);
        const bool was_red = tree.is_red(node);
        tree.replace(node, child);
        if (!was_red) repair(tree, child, parent);
        return;
    }
    auto next = right; // the node that comes behind takes its place
    for (Bound bound; const auto lower = tree.child(next, Tree::left); bound.step()) next = lower;
    const auto child = tree.child(next, Tree::right);
    const bool was_red = tree.is_red(next);
    auto parent = tree.parent(next);
    if (parent == node) {
        parent = next;
    } else {
        tree.replace(next, child);
        tree.set_child(next, Tree::right, right);
        tree.set_parent(right, next);
    }
    tree.replace(node, next);
    tree.set_child(next, Tree::left, left);
    tree.set_parent(left, next);
    tree.copy_color(next, node);
    if (!was_red) repair(tree, child, parent);
}

constexpr Export functions[] = {
    full<rb_insert_color>("rb_insert_color", from(LayoutVersion::v2_4_18_14)),
    full<rb_erase>("rb_erase", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_rbtree{.header = "linux/rbtree.h", .functions = functions};

} // namespace retromod
