namespace Bayou.Silo.Administration;

/// <summary>What the exit codes of <c>bayou cluster</c> and <c>bayou channel</c> mean.</summary>
internal static class AdminExitCode
{
    public const int Done = 0;

    /// <summary>The cluster refused, or what was begun did not end in time.</summary>
    public const int Refused = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>The server does not answer, or cannot decide now.</summary>
    public const int Unavailable = 3;
}
