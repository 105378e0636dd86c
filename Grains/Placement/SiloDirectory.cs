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

    /// <summary>Where the silo of this name is, or was last; null if nobody of that name was ever heard of.</summary>
    public string? AddressOf(string name) => membership.CurrentSnapshot.Members
        .Where(member => member.Value.Name == name)
        .OrderByDescending(member => member.Key.Generation)
        .Select(member => member.Key.Endpoint.ToString())
        .FirstOrDefault();

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
