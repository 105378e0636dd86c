namespace Bayou.ProcessTests.Tracing;

/// <summary>A system call as the tracer saw it.</summary>
/// <param name="Name">For example <c>fdatasync</c>.</param>
/// <param name="Arguments">The text between the parentheses, and what follows.</param>
/// <param name="Began">Line of the trace at which it was entered.</param>
/// <param name="Ended">Line of the trace at which it returned; the largest number if it never did.</param>
/// <param name="Result">What it returned; -1 for an error.</param>
internal sealed record SystemCall(string Name, string Arguments, int Began, int Ended, long Result)
{
    public bool IsSend => Name is "sendto" or "sendmsg" or "write" or "writev";

    public bool IsJournal => Arguments.Contains("/wal/", StringComparison.Ordinal);

    public bool Mentions(string text) => Arguments.Contains(text, StringComparison.Ordinal);
}
