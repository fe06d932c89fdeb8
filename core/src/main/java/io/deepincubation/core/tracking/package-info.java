/** A run as experiment trackers show it: TensorBoard and MLflow. They never hold a run up. */
@NullMarked
package io.deepincubation.core.tracking;

import org.jspecify.annotations.NullMarked;
