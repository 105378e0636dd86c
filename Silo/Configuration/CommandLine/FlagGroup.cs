namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>The headings of the help text.</summary>
public enum FlagGroup
{
    Server,
    Logging,
    Streaming,
    Limits,
    Authorization,
    Cluster,
    Common,
    Later,
}
