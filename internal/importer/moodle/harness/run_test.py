"""Runs answer.py and then one test. Standard input is the test's code; what stands under a line
"--- input ---" is what input() reads."""
import builtins
import io
import sys

ECHO = False  # print what is asked for and what is read

code, _, given = sys.stdin.read().partition("\n--- input ---\n")
sys.stdin = io.StringIO(given)
if ECHO:
    read = builtins.input

    def echo(prompt=""):
        line = read(prompt)
        print(line)
        return line

    builtins.input = echo
with open("answer.py", encoding="utf-8") as f:
    answer = f.read()
names = {"__name__": "__main__", "__student_answer__": answer}
exec(compile(answer, "answer.py", "exec"), names)
exec(compile(code, "test", "exec"), names)
