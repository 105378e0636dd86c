namespace Bayou.Grains.Placement;

/// <summary>Finds Orleans' address of a silo by the name that its peers know it by.</summary>
public sealed class SiloDirectory(IClusterMembershipService membership)
{
    /// <summary>The silo of this name that is active; null if there is none.</summary>
    public SiloAddress? Find(string name)
    {
        foreach (var (address, member) in membership.CurrentSnapshot.Members)
        {
            if (member.Status == SiloStatus.Active && member.Name == name)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>
    /// A silo's process is known to be gone: Orleans need not wait for its own probes to find out. What was not active is left to it.
    /// </summary>
    public async Task ReportDeadAsync(string name)
    {
        if (Find(name) is { } silo)
        {
            await membership.TryKill(silo);
        }
    }
}
