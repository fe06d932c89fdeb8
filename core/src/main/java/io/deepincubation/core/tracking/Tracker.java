package io.deepincubation.core.tracking;

import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageResult;
import java.io.IOException;
import java.util.List;

/**
 * One place where a run is shown. Its methods are called by one thread, may be called again after
 * they failed, and by a later process for the same run; nothing is shown twice.
 */
interface Tracker {

  /** The run begins, or goes on. */
  void begin(RunRecord record) throws IOException, InterruptedException;

  /**
   * A stage trains.
   *
   * @param stage its name
   * @param points in their order; some may be missing
   */
  void live(String stage, List<Point> points) throws IOException, InterruptedException;

  /**
   * A stage is committed.
   *
   * @param points all of its
   */
  void committed(StageResult result, List<Point> points) throws IOException, InterruptedException;

  /** The process is done with the run. */
  void end(RunEnd end) throws IOException, InterruptedException;
}
