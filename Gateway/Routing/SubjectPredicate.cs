namespace Bayou.Gateway.Routing;

/// <summary>
/// Decides whether an internal subscription takes a subject that its pattern matches. Must be a pure function: the answer
/// is cached with the match, and it is asked under the lock of the subject tree.
/// </summary>
public delegate bool SubjectPredicate(ReadOnlySpan<byte> subject);
