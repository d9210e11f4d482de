import { Duration } from 'aws-cdk-lib';
import { DefaultDashboardFactory, MonitoringFacade } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';

/** Creates an empty dashboard. `namespace`: that of the metrics which services emit. */
export function openDashboard(scope: Construct, name: string, namespace: string): MonitoringFacade {
  return new MonitoringFacade(scope, `${name}-monitoring`, {
    metricFactoryDefaults: { namespace, period: Duration.minutes(1) },
    alarmFactoryDefaults: { alarmNamePrefix: name, actionsEnabled: false },
    dashboardFactory: new DefaultDashboardFactory(scope, `${name}-dashboard`, {
      dashboardNamePrefix: name,
      detailDashboardRange: Duration.hours(3),
    }),
  });
}
