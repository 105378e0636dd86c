namespace Bayou.Grains.Interfaces;

/// <summary>Where messages, subscriptions and sessions are kept.</summary>
public enum StoreKind
{
    /// <summary>On disk; acknowledged means fsynced.</summary>
    File,

    /// <summary>In this process's memory; a restart forgets everything.</summary>
    Memory,
}
