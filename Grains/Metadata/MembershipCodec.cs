using Bayou.Grains.Metadata.Membership;

namespace Bayou.Grains.Metadata;

/// <summary>Orleans' entries of the membership table as they stand in the metadata.</summary>
internal static class MembershipCodec
{
    public static MemberRow ToRow(MembershipEntry entry)
    {
        var row = new MemberRow
        {
            Silo = entry.SiloAddress.ToParsableString(),
            Status = (int)entry.Status,
            ProxyPort = entry.ProxyPort,
            HostName = entry.HostName ?? string.Empty,
            SiloName = entry.SiloName ?? string.Empty,
            RoleName = entry.RoleName ?? string.Empty,
            UpdateZone = entry.UpdateZone,
            FaultZone = entry.FaultZone,
            StartTime = entry.StartTime.Ticks,
            AliveTime = entry.IAmAliveTime.Ticks,
        };
        row.Suspicions.Add((entry.SuspectTimes ?? []).Select(suspect => new Suspicion { By = suspect.Item1.ToParsableString(), Time = suspect.Item2.Ticks }));
        return row;
    }

    public static MembershipEntry ToEntry(MemberRow row) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Silo),
        Status = (SiloStatus)row.Status,
        ProxyPort = row.ProxyPort,
        HostName = row.HostName,
        SiloName = row.SiloName,
        RoleName = row.RoleName,
        UpdateZone = row.UpdateZone,
        FaultZone = row.FaultZone,
        StartTime = new DateTime(row.StartTime, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(row.AliveTime, DateTimeKind.Utc),
        SuspectTimes = [.. row.Suspicions.Select(suspicion =>
            Tuple.Create(SiloAddress.FromParsableString(suspicion.By), new DateTime(suspicion.Time, DateTimeKind.Utc)))],
    };
}
