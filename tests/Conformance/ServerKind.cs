namespace Bayou.Conformance;

/// <summary>Whom a test talks to. What a test expects of the gateway it expects of the oracle too.</summary>
public enum ServerKind
{
    /// <summary>nats-server from the PATH.</summary>
    Oracle,

    /// <summary>Our gateway, in this process.</summary>
    Gateway,
}
