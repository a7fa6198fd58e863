# SPDX-License-Identifier: Apache-2.0
"""Exercises: a ticket, a network with something wrong in it, a check, points. `xconn train` and `xconn mcp` are the doors.

A file for each noun: the exercise (a folder that a teacher writes), the attempt (a folder that a student fills), the stage
(its lab), the check, the points, the trial of an exercise, the desk of a teacher, the page afterwards.
"""
