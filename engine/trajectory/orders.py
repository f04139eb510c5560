"""Orders for runs of any process: left in the store, taken by the process that has the run, and settled there.

What an order says is not known here: it is JSON of ``engine.runs.orders``.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from engine.trajectory.bodies import storable
from engine.trajectory.database import StoreError, new_id
from engine.trajectory.events import now
from engine.trajectory.reading import Reader
from engine.trajectory.tables import Run, StoredOrder


class OrderState(NamedTuple):
    """What became of an order to a run of another process."""

    taken: bool
    """Whether the run's process has it."""
    done: bool
    """Whether it is carried out."""
    refusal: str | None
    """Why it is not, when it is refused."""


class Orders(Reader):
    """The part of a store that passes orders on."""

    _process_id: int | None
    """This process, once it has runs."""

    def put_order(self, run_id: int, body: str) -> int:
        """Leave an order (JSON) for the process that has a run; returns the order's number.

        Raises:
            StoreError: there is no such run, or it has ended.
        """
        if not self.run(run_id).alive:
            raise StoreError(f"Run {run_id} has ended.")
        with self.database.write() as connection:
            return new_id(connection.execute(insert(StoredOrder), {"run_id": run_id, "at": now(), "body": body}))

    def take_orders(self) -> list[tuple[int, int, str]]:
        """Orders that wait for runs of this process, oldest first: number, run and body. Each is given out once."""
        if self._process_id is None:
            return []
        mine = select(Run.id).where(Run.process_id == self._process_id, Run.ended_at.is_(None))
        waiting = (StoredOrder.taken_at.is_(None), StoredOrder.run_id.in_(mine))
        with self.database.read() as connection:
            if not connection.scalar(select(exists().where(*waiting))):
                return []
        with self.database.write() as connection:
            rows = connection.execute(select(StoredOrder).where(*waiting).order_by(StoredOrder.id)).all()
            connection.execute(update(StoredOrder).where(*waiting).values(taken_at=now()))
        return [(row.id, row.run_id, row.body) for row in rows]

    def settle_order(self, order_id: int, refusal: str) -> None:
        """Say what became of an order that was taken: why it is refused, or nothing when it is carried out."""
        with self.database.write() as connection:
            connection.execute(update(StoredOrder).where(StoredOrder.id == order_id).values(refusal=storable(refusal)))

    def order_state(self, order_id: int) -> OrderState:
        """What became of an order so far.

        Raises:
            StoreError: there is no such order, or its run was deleted.
        """
        with self.database.read() as connection:
            row = connection.execute(select(StoredOrder).where(StoredOrder.id == order_id)).first()
        if row is None:
            raise StoreError(f"There is no order {order_id} in {self.database}.")
        return OrderState(row.taken_at is not None, row.refusal == "", row.refusal or None)

    def orders(self, run_id: int, kind: str) -> list[str]:
        """Orders to a run of one kind, such as ``say``, as JSON and oldest first; not those that were refused."""
        of_kind = StoredOrder.body.contains(f'"kind":"{kind}"', autoescape=True)
        standing = or_(StoredOrder.refusal.is_(None), StoredOrder.refusal == "")
        query = select(StoredOrder.body).where(StoredOrder.run_id == run_id, of_kind, standing)
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(StoredOrder.id)))

    def withdraw_order(self, order_id: int) -> bool:
        """Take an order back; False when the run's process has it already."""
        waits = and_(StoredOrder.id == order_id, StoredOrder.taken_at.is_(None))
        with self.database.write() as connection:
            return connection.execute(delete(StoredOrder).where(waits)).rowcount > 0


def refuse_waiting(connection: Connection, run_id: int, reason: str) -> None:
    """Settle the orders to a run that nobody took."""
    waiting = (StoredOrder.run_id == run_id, StoredOrder.taken_at.is_(None))
    connection.execute(update(StoredOrder).where(*waiting).values(taken_at=now(), refusal=reason))
