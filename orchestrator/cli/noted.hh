// SPDX-License-Identifier: Apache-2.0
// What somebody does in the lab of an exercise, for the page about the attempt (train/commands.py). The attempt has put
// a file for it into the run folder; other labs have none.
#pragma once

#include <string>

namespace xconn::cli {

/// Appends this process's command line to the lab's `verbs.jsonl`, if it is there and nobody notes it already
/// ($XCONN_NOTED). Throws nothing: a verb does not fail for it.
void note_command_line(const std::string& lab) noexcept;

/// Before a shell in the lab: what is typed in it goes to the history of the attempt, and what is piped into it to the
/// lab's `verbs.jsonl`, with times. Keeps nothing for other labs, and nothing of a guest's terminal (train/guest.py
/// does).
void note_shell(const std::string& lab, bool is_guest);

}  // namespace xconn::cli
